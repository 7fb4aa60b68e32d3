package kubectl

import (
	"errors"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/cmd/auth"
	"k8s.io/kubectl/pkg/cmd/diff"
	"k8s.io/kubectl/pkg/cmd/util"
)

// unavailable are the commands that need a port or a file system of their own on
// the machine that kubectl runs on. Each says in one sentence what to use
// instead.
var unavailable = map[string]string{
	"port-forward": "port-forward is not possible because a browser tab can open no port, use curl with the name or the address of the Service or pod",
	"proxy":        "proxy is not possible because a browser tab can open no port, use kubectl get --raw PATH to talk to the API server",
}

// replaceCommands replaces actions of commands for which upstream has no hook:
// those that end the process, start a program, or cache nothing for the next
// command. Their flags, help and completion stay.
func (c *command) replaceCommands(root *cobra.Command, factory util.Factory) {
	for _, command := range root.Commands() {
		if message, ok := unavailable[command.Name()]; ok {
			command.Args, command.PreRun = nil, nil
			command.Run = func(*cobra.Command, []string) { util.CheckErr(errors.New(message)) }
		}
		switch command.Name() {
		case "apply":
			replaceApply(command, factory, c.kubectl.documents, c.streams())
		case "auth":
			replaceCanI(command, factory, c.streams())
		case "diff":
			replaceDiff(command, factory, c.kubectl.documents, c.streams())
		}
	}
}

// replaceCanI makes "auth can-i" end its command where upstream's exits the
// process: when the answer is no.
func replaceCanI(parent *cobra.Command, factory util.Factory, streams genericiooptions.IOStreams) {
	for _, command := range parent.Commands() {
		if command.Name() != "can-i" {
			continue
		}
		command.Run = func(command *cobra.Command, arguments []string) {
			options := &auth.CanIOptions{
				AllNamespaces: util.GetFlagBool(command, "all-namespaces"),
				Quiet:         util.GetFlagBool(command, "quiet"),
				NoHeaders:     util.GetFlagBool(command, "no-headers"),
				Subresource:   util.GetFlagString(command, "subresource"),
				List:          util.GetFlagBool(command, "list"),
				IOStreams:     streams,
			}
			util.CheckErr(options.Complete(factory, arguments))
			util.CheckErr(options.Validate())
			if options.List {
				util.CheckErr(options.RunAccessList())
				return
			}
			allowed, err := options.RunAccessCheck()
			util.CheckErr(err)
			if !allowed {
				util.CheckErr(util.ErrExit)
			}
		}
	}
}

// replaceDiff makes "diff" compare in this process where upstream's starts the
// program diff.
func replaceDiff(command *cobra.Command, factory util.Factory, parsed *documents, streams genericiooptions.IOStreams) {
	command.Run = func(command *cobra.Command, arguments []string) {
		options := diff.NewDiffOptions(streams)
		options.Diff.Exec = programs{}
		options.ShowManagedFields = util.GetFlagBool(command, "show-managed-fields")
		options.ShowSecrets = util.GetFlagBool(command, "show-secrets")
		options.Concurrency = util.GetFlagInt(command, "concurrency")
		options.FieldManager = util.GetFlagString(command, "field-manager")
		options.Selector = util.GetFlagString(command, "selector")
		options.FilenameOptions.Filenames = util.GetFlagStringSlice(command, "filename")
		options.FilenameOptions.Kustomize = util.GetFlagString(command, "kustomize")
		options.FilenameOptions.Recursive = util.GetFlagBool(command, "recursive")
		util.CheckDiffErr(options.Complete(factory, command, arguments))
		if client, err := factory.OpenAPIV3Client(); err == nil && options.OpenAPIV3Root != nil {
			options.OpenAPIV3Root = parsed.root(client)
		}
		util.CheckDiffErr(options.Validate())
		if err := options.Run(); err != nil {
			var found differencesFound
			if errors.As(err, &found) {
				util.CheckErr(util.ErrExit)
			}
			util.CheckDiffErr(err)
		}
	}
}
