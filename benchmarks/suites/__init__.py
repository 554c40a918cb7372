"""The suites: each measures one side of Pointwork and returns plain figures."""
