package container

import (
	"tabernetes/engine/userland/agnhost"
	"tabernetes/engine/userland/commands/network"
	"tabernetes/engine/userland/nginx"
	"tabernetes/engine/userland/process"
	"tabernetes/engine/userland/servers"
)

// programs are those that an image of the catalogue can name as its entry point or as a
// command.
func programs() map[string]process.Command {
	return map[string]process.Command{
		"agnhost": agnhost.Run, "dig": network.Dig, "http-echo": servers.HTTPEcho, "nginx": nginx.Run, "python": servers.Python,
	}
}

// programNamed is the program that an image of the catalogue names.
func (c *Container) programNamed(name string) process.Command {
	if found := c.host.Programs()[name]; found != nil {
		return found
	}
	return programs()[name]
}
