package agnhost

import (
	"context"
	"fmt"
	"io/fs"
	"strings"
	"time"

	"tabernetes/engine/userland/filesystem"
)

// newFileContent is what mounttest writes.
const newFileContent = "mount-tester new file\n"

// mountTest makes files and prints what they are, in an order that its flags do not
// change.
func mountTest(ctx context.Context, c *call) int {
	failed := false
	each := func(flag string, do func(name string) error) {
		if name := c.flags[flag]; name != "" && do(name) != nil {
			failed = true
		}
	}
	each("fs_type", func(name string) error {
		return c.describe(name, "statfs", func(_ fs.FileInfo, system *filesystem.Info) {
			kind := "ext4"
			if system.Device.Limits().Memory {
				kind = "tmpfs"
			}
			fmt.Fprintf(c.Stdout, "mount type of %q: %s\n", name, kind)
		})
	})
	for _, mode := range []fs.FileMode{0o644, 0o666, 0o660, 0o777} {
		each(fmt.Sprintf("new_file_%04o", mode), func(name string) error {
			if err := c.writeFile(name, newFileContent, mode); err != nil {
				fmt.Fprintf(c.Stdout, "error writing new file %q: %v\n", name, err)
				return err
			}
			return c.printContent(name)
		})
	}
	each("file_mode", func(name string) error {
		return c.describe(name, "Stat", func(info fs.FileInfo, _ *filesystem.Info) {
			fmt.Fprintf(c.Stdout, "mode of file %q: %v\n", name, info.Mode())
		})
	})
	each("file_perm", func(name string) error {
		return c.describe(name, "Stat", func(info fs.FileInfo, _ *filesystem.Info) {
			fmt.Fprintf(c.Stdout, "perms of file %q: %v\n", name, info.Mode().Perm())
		})
	})
	each("file_owner", func(name string) error {
		return c.describe(name, "stat", func(_ fs.FileInfo, system *filesystem.Info) {
			fmt.Fprintf(c.Stdout, "owner UID of %q: %v\nowner GID of %q: %v\n", name, system.UID, name, system.GID)
		})
	})
	each("file_content", c.printContent)
	each("file_content_in_loop", func(name string) error { return c.watchContent(ctx, name) })
	if failed {
		return 1
	}
	return 0
}

// describe looks at a file and has what it finds printed.
func (c *call) describe(name, operation string, show func(fs.FileInfo, *filesystem.Info)) error {
	info, err := c.Stat(name)
	if err != nil {
		fmt.Fprintf(c.Stdout, "error from %s(%q): stat %s: %s\n", operation, name, name, strings.ToLower(filesystem.Text(err)))
		return err
	}
	system, _ := info.Sys().(*filesystem.Info)
	show(info, system)
	return nil
}

func (c *call) printContent(name string) error {
	text, err := c.readFile(name)
	if err != nil {
		fmt.Fprintf(c.Stdout, "error reading file content for %q: %v\n", name, err)
		return err
	}
	fmt.Fprintf(c.Stdout, "content of file %q: %v\n", name, text)
	return nil
}

// watchContent prints a file every two seconds, until it has the content that
// mounttest writes, or for as long as it is told.
func (c *call) watchContent(ctx context.Context, name string) error {
	limit := time.Duration(c.number("retry_time", 180)) * time.Second
	var last error
	for began := c.System.Now(); c.System.Now().Sub(began) < limit; {
		text, err := c.readFile(name)
		last = err
		switch {
		case err != nil:
			fmt.Fprintf(c.Stdout, "Error reading file %s: %v, retrying\n", name, err)
		default:
			fmt.Fprintf(c.Stdout, "content of file %q: %v\n", name, text)
			if c.flags["break_on_expected_content"] == "false" {
				break
			}
			if text == newFileContent {
				return nil
			}
			fmt.Fprintf(c.Stdout, "Unexpected content. Expected: %s. Retrying\n", newFileContent)
		}
		if err := c.System.Sleep(ctx, 2*time.Second); err != nil {
			return err
		}
	}
	return last
}

// logsGenerator writes lines at an even pace, in the form of klog.
func logsGenerator(ctx context.Context, c *call) int {
	total := c.number("log-lines-total", 0)
	duration, _ := time.ParseDuration(c.flags["run-duration"])
	if total <= 0 {
		return c.fatal("Invalid total number of lines: %d", total)
	}
	if duration <= 0 {
		return c.fatal("Invalid duration: %v", duration)
	}
	draw := func(of ...string) string { return of[c.System.Draw(len(of))] }
	for id := range total {
		name := strings.Repeat("x", c.System.Draw(2)+3)
		name = strings.Map(func(rune) rune { return rune("bcdfghjklmnpqrstvwxz2456789"[c.System.Draw(27)]) }, name)
		fmt.Fprintf(c.Stderr, "I%s %7d logs_generator.go:76] %d %s /api/v1/namespaces/%s/pods/%s %d\n", c.System.Now().UTC().Format("0102 15:04:05.000000"),
			c.Task().PID(), id, draw("GET", "POST", "PUT"), draw("kube-system", "default", "ns"), name, 200+c.System.Draw(400))
		if c.System.Sleep(ctx, duration/time.Duration(total)) != nil {
			return c.wait(ctx)
		}
	}
	return 0
}
