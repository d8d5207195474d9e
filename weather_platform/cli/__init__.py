"""The command line: thin commands over core, infra and the asset graph, one module each."""
