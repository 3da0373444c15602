"""The sub-commands, one module each; `ui.cli.MOUNTS` lists them.

A module has ``mount(app)``, which adds its commands. It imports what it runs
inside the command, so that `greenroom --help` stays quick.
"""
