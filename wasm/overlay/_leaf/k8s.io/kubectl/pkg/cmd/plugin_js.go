//go:build js && wasm

package cmd

import "errors"

// PluginHandler finds and runs programs that add commands to kubectl.
type PluginHandler interface {
	Lookup(filename string) (string, bool)
	Execute(executablePath string, cmdArgs, environment []string) error
}

// DefaultPluginHandler finds no plugin: a browser tab runs no other program.
type DefaultPluginHandler struct {
	ValidPrefixes []string
}

// NewDefaultPluginHandler creates a DefaultPluginHandler.
func NewDefaultPluginHandler(validPrefixes []string) *DefaultPluginHandler {
	return &DefaultPluginHandler{ValidPrefixes: validPrefixes}
}

// Lookup implements PluginHandler.
func (h *DefaultPluginHandler) Lookup(string) (string, bool) { return "", false }

// Execute implements PluginHandler.
func (h *DefaultPluginHandler) Execute(string, []string, []string) error {
	return errors.New("no other programs in a browser")
}

// HandlePluginCommand finds no plugin for any command.
func HandlePluginCommand(PluginHandler, []string, int) error { return nil }

// IsSubcommandPluginAllowed answers that no command may be completed by a plugin.
func IsSubcommandPluginAllowed(string) bool { return false }
