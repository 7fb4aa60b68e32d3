package shell

import (
	"strings"

	"tabernetes/engine/userland/filesystem"
)

// Commands are the usual programs by name: those of a busybox image, with its
// options, texts and exit statuses. The map is the caller's to change.
func Commands() map[string]Command {
	return map[string]Command{
		"[": commandTest, "test": commandTest,
		"ash": commandShell, "bash": commandShell, "sh": commandShell,
		"awk": commandAwk, "base64": commandBase64, "basename": commandBasename, "cat": commandCat, "chmod": commandChmod, "chown": commandChown,
		"clear": commandClear, "cp": commandCopy, "curl": commandCurl, "cut": commandCut, "date": commandDate, "dd": commandDd,
		"df": commandDf, "dirname": commandDirname, "du": commandDu, "echo": commandEcho, "egrep": commandGrep,
		"env": commandEnv, "expr": commandExpr, "false": commandFalse, "fgrep": commandGrep, "find": commandFind,
		"getent": commandGetent, "grep": commandGrep, "head": commandHead, "hostname": commandHostname, "id": commandID,
		"kill": commandKill, "ln": commandLink, "ls": commandList, "md5sum": commandSum, "mkdir": commandMakeDirectory,
		"mktemp": commandMktemp, "mv": commandMove, "nc": commandNetcat, "nproc": commandNproc, "nslookup": commandNslookup,
		"pidof": commandPidof, "ping": commandPing, "printenv": commandPrintenv, "printf": commandPrintf, "ps": commandProcesses,
		"pwd": commandPwd, "readlink": commandReadlink, "realpath": commandRealpath, "rev": commandRev, "rm": commandRemove,
		"rmdir": commandRemoveDirectory, "sed": commandSed, "seq": commandSeq, "sha1sum": commandSum, "sha256sum": commandSum,
		"sha512sum": commandSum, "shuf": commandShuf, "sleep": commandSleep, "sort": commandSort, "stat": commandStat,
		"sync": commandTrue, "tac": commandTac, "tail": commandTail, "tee": commandTee, "timeout": commandTimeout,
		"touch": commandTouch, "tr": commandTranslate, "true": commandTrue, "truncate": commandTruncate, "uname": commandUname,
		"uniq": commandUniq, "uptime": commandUptime, "usleep": commandSleep, "wc": commandCount, "wget": commandWget,
		"which": commandWhich, "whoami": commandWhoami, "xargs": commandXargs, "yes": commandYes,
	}
}

// Devices makes the device files and directories that every container has:
// /dev/null, /dev/zero, /dev/full, /dev/random, /dev/urandom, the links to the
// standard streams, /tmp and /proc. What exists already stays.
func Devices(files *filesystem.FileSystem) error {
	for _, directory := range []string{"/dev", "/proc", "/tmp", "/root", "/etc", "/var"} {
		if err := files.MkdirAll(directory, 0o755); err != nil {
			return err
		}
	}
	for name, device := range map[string]filesystem.Device{
		"/dev/null": filesystem.Null{}, "/dev/zero": filesystem.Zero{}, "/dev/full": filesystem.Full{},
	} {
		if err := files.AddDevice(name, device); err != nil && !isExist(err) {
			return err
		}
	}
	for name, target := range map[string]string{
		"/dev/stdin": "/proc/self/fd/0", "/dev/stdout": "/proc/self/fd/1", "/dev/stderr": "/proc/self/fd/2", "/dev/fd": "/proc/self/fd",
	} {
		if err := files.Symlink(target, name); err != nil && !isExist(err) {
			return err
		}
	}
	return nil
}

// flags are the options of a call: the value, or "" for one without.
type flags map[byte]string

func (f flags) has(letter byte) bool {
	_, ok := f[letter]
	return ok
}

// parse reads options as getopt(3) does: letters of spec, a colon behind one that
// takes a value; long gives the letter of a long option. Operands and options may
// be mixed. On an unknown option it says so as busybox does.
func (i *Invocation) parse(spec string, long map[string]byte) (flags, []string, bool) {
	found := flags{}
	var operands []string
	words := i.Args[1:]
	for n := 0; n < len(words); n++ {
		word := words[n]
		switch {
		case word == "--":
			return found, append(operands, words[n+1:]...), true
		case strings.HasPrefix(word, "--"):
			name, value, given := strings.Cut(word[2:], "=")
			letter, ok := long[name]
			if !ok {
				i.Errorf("unrecognized option: %s", name)
				return nil, nil, false
			}
			if takesValue(spec, letter) && !given {
				if n++; n >= len(words) {
					i.Errorf("option requires an argument: %s", name)
					return nil, nil, false
				}
				value = words[n]
			}
			found[letter] = value
		case len(word) > 1 && word[0] == '-':
			for at := 1; at < len(word); at++ {
				letter := word[at]
				if strings.IndexByte(spec, letter) < 0 || letter == ':' {
					i.Errorf("unrecognized option: %c", letter)
					return nil, nil, false
				}
				if !takesValue(spec, letter) {
					found[letter] = ""
					continue
				}
				value := word[at+1:]
				if value == "" {
					if n++; n >= len(words) {
						i.Errorf("option requires an argument: %c", letter)
						return nil, nil, false
					}
					value = words[n]
				}
				found[letter] = value
				break
			}
		default:
			operands = append(operands, word)
		}
	}
	return found, operands, true
}

func takesValue(spec string, letter byte) bool {
	at := strings.IndexByte(spec, letter)
	return at >= 0 && at+1 < len(spec) && spec[at+1] == ':'
}
