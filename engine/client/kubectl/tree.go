package kubectl

import (
	"fmt"
	"os"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/client-go/rest"
	"k8s.io/kubectl/pkg/cmd"
	kuberccommand "k8s.io/kubectl/pkg/cmd/kuberc"
	"k8s.io/kubectl/pkg/cmd/util"
	"k8s.io/kubectl/pkg/kuberc"
)

// The limits of discovery that cmd.NewDefaultKubectlCommand sets; its function
// for them is not exported.
const (
	discoveryBurst = 300
	discoveryQPS   = 50
)

// tree builds the commands of kubectl for one run: their flags are variables, so
// no two runs can share them. program is the whole command line, the name of the
// program first.
func (c *command) tree(program []string) (*cobra.Command, error) {
	streams := c.streams()
	flags := genericclioptions.NewConfigFlags(true).
		WithDeprecatedPasswordFlag().
		WithDiscoveryBurst(discoveryBurst).
		WithDiscoveryQPS(discoveryQPS).
		WithWarningPrinter(streams).
		WithWrapConfigFn(c.wrapConfig)
	root := cmd.NewKubectlCommand(cmd.KubectlOptions{Arguments: program, ConfigFlags: flags, IOStreams: streams})
	root.SetContext(c.ctx)
	root.SetIn(c.in)
	root.SetOut(c.out)
	root.SetErr(c.errOut)
	keepWarningHandler(root)
	nameProgram(root, program)
	shareDiscovery(root, flags, c.kubectl.discovery)
	c.replaceCommands(root, util.NewFactory(util.NewMatchVersionFlags(flags)))

	// What NewKubectlCommand leaves out when preferences are off, see New.
	root.AddCommand(kuberccommand.NewCmdKubeRC(streams))
	preferences := kuberc.NewPreferences()
	preferences.AddFlags(root.PersistentFlags())
	program, err := preferences.Apply(root, flags, program, c.errOut)
	if err != nil {
		return nil, fmt.Errorf("error occurred while applying preferences %w", err)
	}
	root.SetArgs(program[1:])
	return root, nil
}

// nameProgram gives the process the arguments of the command that begins. Upstream
// reads them to record the cause of a change (genericclioptions.RecordFlags) before
// it first waits for anything, so that no other command comes between.
func nameProgram(root *cobra.Command, program []string) {
	before := root.PersistentPreRunE
	root.PersistentPreRunE = func(command *cobra.Command, arguments []string) error {
		err := before(command, arguments)
		os.Args = program
		return err
	}
}

// keepWarningHandler undoes what upstream does before each command: it makes the
// warnings of every client of the process those of this command. Its own clients
// have their handler from wrapConfig.
func keepWarningHandler(root *cobra.Command) {
	before := root.PersistentPreRunE
	root.PersistentPreRunE = func(command *cobra.Command, arguments []string) error {
		err := before(command, arguments)
		rest.SetDefaultWarningHandler(rest.WarningLogger{})
		return err
	}
}
