"""Tables: one interface, one backend a module, the same contract tests for all."""
