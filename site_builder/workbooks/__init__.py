"""Tables as workbooks for spreadsheets."""
