package container

import (
	"tabernetes/engine/userland/agnhost"
	"tabernetes/engine/userland/process"
)

// programs are those that an image of the catalogue can name as its entry point.
func programs() map[string]process.Command {
	return map[string]process.Command{"agnhost": agnhost.Run}
}
