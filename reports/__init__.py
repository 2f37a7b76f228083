"""How people hear of it: the command line, the console and the workbooks."""
