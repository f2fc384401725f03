"""Reports 报表: what was done and what came of it. SELECT only."""
