"""The subcommands of `moostik`, by what they do: reading, rendering, history, upkeep."""
