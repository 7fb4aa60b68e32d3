package overlay

// Leaf is one upstream package whose files for the operating system are
// replaced by a file of ours.
type Leaf struct {
	// Package is the import path, and the path below vendor.
	Package string
	// Replaced names the upstream files that are left out of the build.
	Replaced []string
	// Ours is the name of our file, below _leaf/<Package>.
	Ours string
	// Reaches says what the replaced files need that a browser does not have.
	Reaches string
}

// Leaves is every file that differs between the js/wasm build and upstream.
func Leaves() []Leaf {
	return []Leaf{
		{
			Package:  "github.com/coreos/go-systemd/v22/journal",
			Replaced: []string{"journal_unix.go"},
			Ours:     "journal_js.go",
			Reaches:  "the systemd journal's socket",
		},
		{
			Package:  "github.com/moby/term",
			Replaced: []string{"term_unix.go", "termios_nonbsd.go", "termios_unix.go"},
			Ours:     "term_js.go",
			Reaches:  "terminal modes; ours asks functions that wasm/kubectl sets",
		},
		{
			Package:  "go.etcd.io/etcd/client/pkg/v3/fileutil",
			Replaced: []string{"lock_flock.go"},
			Ours:     "lock_js.go",
			Reaches:  "flock(2)",
		},
		{
			Package:  "k8s.io/apiserver/pkg/server/options",
			Replaced: []string{"serving_unix.go"},
			Ours:     "serving_js.go",
			Reaches:  "socket options of a listener",
		},
		{
			Package:  "k8s.io/component-base/metrics",
			Replaced: []string{"processstarttime_others.go"},
			Ours:     "processstarttime_js.go",
			Reaches:  "/proc",
		},
		{
			Package:  "k8s.io/kubectl/pkg/cmd",
			Replaced: []string{"plugin.go"},
			Ours:     "plugin_js.go",
			Reaches:  "plugin programs, by execve(2)",
		},
		{
			Package:  "k8s.io/kubectl/pkg/cmd/util/editor",
			Replaced: []string{"launcher_others.go"},
			Ours:     "launcher_js.go",
			Reaches:  "an editor program; ours asks a function that wasm/kubectl sets",
		},
		{
			Package:  "k8s.io/kubectl/pkg/util",
			Replaced: []string{"umask.go"},
			Ours:     "umask_js.go",
			Reaches:  "umask(2)",
		},
		{
			Package:  "k8s.io/kubectl/pkg/util/interrupt",
			Replaced: []string{"interrupt.go"},
			Ours:     "interrupt_js.go",
			Reaches:  "the signals of a process; ours asks a function that wasm/kubectl sets",
		},
		{
			Package:  "k8s.io/kubectl/pkg/util/term",
			Replaced: []string{"resizeevents.go"},
			Ours:     "resizeevents_js.go",
			Reaches:  "SIGWINCH",
		},
		{
			Package:  "k8s.io/kubernetes/pkg/probe",
			Replaced: []string{"dialer_others.go"},
			Ours:     "dialer_js.go",
			Reaches:  "the SO_LINGER socket option",
		},
		{
			Package:  "k8s.io/kubernetes/pkg/scheduler/backend/cache/debugger",
			Replaced: []string{"signal.go"},
			Ours:     "signal_js.go",
			Reaches:  "SIGUSR2",
		},
		{
			Package:  "k8s.io/kubernetes/pkg/securitycontext",
			Replaced: []string{"util_darwin.go"},
			Ours:     "util_js.go",
			Reaches:  "the list of CPUs under /sys",
		},
		{
			Package:  "k8s.io/kubernetes/pkg/util/filesystem",
			Replaced: []string{"util_unix.go"},
			Ours:     "util_js.go",
			Reaches:  "Unix sockets and file modes",
		},
		{
			Package:  "k8s.io/mount-utils",
			Replaced: []string{"mount_helper_unix.go"},
			Ours:     "mount_helper_js.go",
			Reaches:  "access(2), uname(2) and /proc/mounts",
		},
	}
}
