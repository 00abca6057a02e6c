"""The presets: complete settings to start from, one TOML file each."""
