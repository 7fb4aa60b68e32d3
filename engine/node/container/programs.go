package container

import (
	"tabernetes/engine/userland/agnhost"
	"tabernetes/engine/userland/process"
	"tabernetes/engine/userland/servers"
)

// programs are those that an image of the catalogue can name as its entry point or as a
// command.
func programs() map[string]process.Command {
	return map[string]process.Command{"agnhost": agnhost.Run, "http-echo": servers.HTTPEcho, "python": servers.Python}
}
