"""What a pack is made of: pages (typst), workbooks (xlsxwriter) and the lists behind them."""
