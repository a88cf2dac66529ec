"""A naive oracle for the indicators, and a runner for their worked examples."""
