"""Who does the work: processes of this machine (`local`) or a cluster's (`cluster`), hired by `workers`."""
