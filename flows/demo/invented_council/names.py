"""Invented names. Surnames, streets and towns are made up; the postcode area MB does not exist."""

from __future__ import annotations

COUNCIL = "Marlbridge"

GIRLS = (
    "Ada", "Amara", "Anwen", "Bea", "Carys", "Clemmie", "Dilys", "Effie", "Elowen", "Fern", "Halima", "Hesper",
    "Imani", "Isolde", "Jessamy", "Kezia", "Lowenna", "Maeve", "Merryn", "Nadia", "Ottoline", "Petra", "Romilly",
    "Saffi", "Tamsin", "Una", "Verity", "Wren", "Yasmin", "Zahra",
)  # fmt: skip
BOYS = (
    "Alby", "Anwar", "Bevis", "Caspian", "Corin", "Dafydd", "Dexter", "Emrys", "Farouk", "Gethin", "Hamish", "Idris",
    "Jago", "Kit", "Linus", "Merlin", "Nico", "Osric", "Perran", "Quill", "Rafe", "Samir", "Taran", "Umar", "Viggo",
    "Wilf", "Xander", "Yusuf", "Zeki", "Ned",
)  # fmt: skip
SURNAMES = (
    "Applegarth", "Ashdingle", "Bantock-Hay", "Birchfell", "Brackenthwaite", "Brindlemoor", "Cawthwick", "Cloverley",
    "Copperdale", "Crumblethorpe", "Dapplewood", "Drystane", "Eastermarsh", "Elderbeck", "Fennimarsh", "Foxholt",
    "Gorsedale", "Greywether", "Harebellow", "Hobthrush", "Inglemire", "Jackdawson", "Kettlebeck", "Larkrise",
    "Lintwhistle", "Mallowfield", "Marlpit", "Nettlecombe", "Nightingown", "Oakapple", "Oystershell", "Pennymarsh",
    "Plumtrees", "Quarrington-Low", "Quillfeather", "Ravensbeck", "Rushymead", "Sallowfield", "Sedgewater", "Skylarke",
    "Stonechatter", "Tansyfield", "Thistlewick", "Threlkeldon", "Underbarrow", "Vetchley", "Waghorne-Mere",
    "Weathervane", "Whinberry", "Wintergill", "Withywind", "Woolgather", "Wrenthorpe", "Yarrowby", "Yellowhammer",
    "Zelderhay",
)  # fmt: skip
STREETS = (
    "Alder Rise", "Bobbin Lane", "Cornmill Street", "Duckett's Row", "Elver Way", "Fullers Yard", "Gannet Close",
    "Heron Court", "Ivy Bank", "Jubilee Terrace", "Kiln Road", "Limepit Lane", "Marl Street", "Navvy Walk",
    "Otter Drive", "Packhorse Hill", "Quarry Gardens", "Ropewalk", "Saltway", "Tenter Field",
)  # fmt: skip
TOWNS = ("Marlbridge", "Nether Marl", "Saltwick", "Tollerby", "Upper Kiln", "Wherry Green")
NATIONALITIES = ("Afghanistan", "Albania", "Eritrea", "Ethiopia", "Iran", "Iraq", "Sudan", "Syria", "Vietnam")

ETHNICITIES = {
    "WBRI": 0.655, "WIRI": 0.004, "WIRT": 0.003, "WOTH": 0.055, "WROM": 0.008, "MWBC": 0.028, "MWBA": 0.013,
    "MWAS": 0.018, "MOTH": 0.025, "AIND": 0.014, "APKN": 0.040, "ABAN": 0.014, "AOTH": 0.018, "BCRB": 0.014,
    "BAFR": 0.033, "BOTH": 0.011, "CHNE": 0.002, "OOTH": 0.022, "REFU": 0.004, "NOBT": 0.019,
}  # fmt: skip

REFERRAL_SOURCES = {
    "1A": 0.06, "1B": 0.02, "1C": 0.01, "1D": 0.03, "2A": 0.19, "2B": 0.02, "3A": 0.02, "3B": 0.03, "3C": 0.01,
    "3D": 0.02, "3E": 0.05, "3F": 0.03, "4": 0.02, "5A": 0.05, "5B": 0.03, "5C": 0.03, "5D": 0.04, "6": 0.285,
    "7": 0.03, "8": 0.02, "9": 0.02, "10": 0.005,
}  # fmt: skip
SOURCE_WORDS = {
    "1": "Individual", "2": "School or education", "3": "Health", "4": "Housing", "5": "Council", "6": "Police",
    "7": "Other legal agency", "8": "Other", "9": "Anonymous", "10": "Not known",
}  # fmt: skip

PRIMARY_NEEDS = {
    "N1": 0.57, "N2": 0.09, "N3": 0.03, "N4": 0.09, "N5": 0.14, "N6": 0.03, "N7": 0.01, "N8": 0.03,
    "N9": 0.005, "N0": 0.005,
}  # fmt: skip
DISABILITIES = {
    "AUT": 0.3, "LD": 0.25, "BEH": 0.13, "COMM": 0.1, "MOB": 0.07, "PC": 0.04, "INC": 0.02, "HEAR": 0.02, "VIS": 0.02,
    "HAND": 0.01, "CON": 0.02, "DDA": 0.02,
}  # fmt: skip
