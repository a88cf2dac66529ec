"""What a pack consists of: pages (typst), workbooks (xlsxwriter) and the lists behind them."""
