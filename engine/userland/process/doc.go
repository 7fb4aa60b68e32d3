// Package process runs programs: it is the kernel of the userland. It has the
// process table of a container, or of the terminal, signals, pipes, descriptors
// and limits, and defines the call of a program.
//
// Who calls it: a caller that runs a program (System, Process), a program
// (Invocation), and a shell, which forks, redirects and waits (Task, Stream,
// Descriptors, Execution). It knows neither a shell's language nor any command:
// programs are Go functions, and the caller hands in a table of them. Nothing
// here reaches the operating system: files are a filesystem.FileSystem's, the
// network is what the caller gives, time is package time.
//
// A System stands for one container: its files, host name, programs and process
// table. The caller makes one for each container, and a Process for each program
// that runs in it:
//
//	files := filesystem.New(filesystem.Options{})
//	err := process.Devices(files)                  // /dev/null, /tmp, ...
//	err = files.MkdirAll("/data", 0o755)
//	err = files.Mount("/data", emptyDir, filesystem.MountOptions{})
//	system := &process.System{FileSystem: files, Hostname: pod.Name, Commands: commands.Table(), Network: network}
//
//	// command and args of the container; the first Process is process 1
//	path, err := system.LookPath(args[0], dir, env) // a runtime refuses to start what is not there
//	main := &process.Process{System: system, Args: args, Env: env, Dir: dir, Stdout: log, Stderr: log}
//	code := main.Run(ctx)         // blocks; 137 when ctx ends or after main.Signal(process.SIGKILL)
//	main.Signal(process.SIGTERM)  // from another goroutine: process 1 ignores it without a trap
//
//	// an exec probe, a preStop hook, kubectl exec: another Process in the same System
//	probe := &process.Process{System: system, Args: []string{"test", "-f", "/tmp/ready"}, Stdout: &output, Stderr: &output}
//	code = probe.Run(probeCtx)
//
//	system.Close()                // kills what is left and waits for it
//
// When process 1 ends, all other processes of its System are killed and waited
// for. A program that the caller has itself (a web server, kubectl) is one more
// entry of Commands; Invocation is what it is given.
//
// A loop that never waits yields by a budget (Limits.Turn and Limits.Yield), so
// that it neither freezes a program with one thread nor stops the clock, and it
// ends with its context.
package process
