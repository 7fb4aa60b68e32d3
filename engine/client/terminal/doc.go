// Package terminal is the shell of the page: sessions of an interactive bash over
// the files of the editor, with the programs that a learner's host has: kubectl,
// curl, docker, an editor, watch, history, and the usual ones of engine/userland/commands.
//
//	terminal, err := terminal.New(terminal.Options{Files: files, Kubectl: run, Network: network, ...})
//	session, err := terminal.Session("1")        // one a tab; made when it is first asked for
//	code := session.Run(ctx, line, terminal.Streams{In: in, Out: out, ErrOut: errOut}) // ctx ends: Ctrl-C
//	completion := session.Complete(ctx, line, cursor)
//	terminal.Close("1")
//
// Of a pasted transcript only the commands are run: prompts such as
// "root@k8s-master:~#" and lines of output are removed.
//
// wasm/kubectl calls it in the page's worker. It knows neither JavaScript nor the
// cluster: it reaches only what Options provides.
package terminal
