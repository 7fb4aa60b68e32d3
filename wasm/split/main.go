package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

const usage = `usage:
  split part [-profile FILE [-leave-out N] [-without PREFIX]] [-images FILE,...] [-mark]
             -o PREFIX MODULE
  split profile [-merge] -marks FILE,... -o FILE MODULE
  split names MODULE SLOT...
MODULE is a file that compact wrote.
`

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintf(os.Stderr, "split %s: %v\n", strings.Join(os.Args[1:], " "), err)
		os.Exit(1)
	}
}

func run(arguments []string) error {
	if len(arguments) == 0 {
		return errUsage
	}
	flags := flag.NewFlagSet("split "+arguments[0], flag.ContinueOnError)
	flags.Usage = func() {
		fmt.Fprint(flags.Output(), usage)
		flags.PrintDefaults()
	}
	var command func(*flag.FlagSet) error
	switch arguments[0] {
	case "part":
		command = partCommand(flags)
	case "profile":
		command = profileCommand(flags)
	case "names":
		command = namesCommand
	default:
		return errUsage
	}
	if err := flags.Parse(arguments[1:]); err != nil {
		return err
	}
	if flags.NArg() == 0 {
		return errUsage
	}
	return command(flags)
}
