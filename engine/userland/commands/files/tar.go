package files

import (
	"archive/tar"
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"strings"

	"tabernetes/engine/userland/filesystem"
	"tabernetes/engine/userland/process"
)

// archiver is one call of tar.
type archiver struct {
	i       *process.Invocation
	files   *filesystem.FileSystem
	options process.Options
	dir     string   // -C
	exclude []string // patterns
	failed  bool
}

// Tar writes, lists and extracts archives: tar -c, -t or -x with -f FILE, -C DIR, -z,
// -v, -O, -m, -p, -k, -h and --exclude PATTERN. kubectl cp runs it in a container.
func Tar(ctx context.Context, i *process.Invocation) int {
	words, exclude := tarWords(i.Args[1:])
	call := *i
	call.Args = append([]string{i.Args[0]}, words...)
	found, names, ok := call.Options("cxtvf:C:zmpokhOX:T:", map[string]byte{
		"create": 'c', "extract": 'x', "get": 'x', "list": 't', "file": 'f', "directory": 'C', "gzip": 'z', "verbose": 'v',
		"touch": 'm', "to-stdout": 'O', "dereference": 'h', "same-permissions": 'p', "preserve-permissions": 'p',
		"no-same-permissions": 'o', "no-same-owner": 'o', "keep-old-files": 'k',
	})
	if !ok {
		return 1
	}
	a := &archiver{i: i, files: i.System.FileSystem, options: found, dir: i.Dir, exclude: exclude}
	if dir, given := found['C']; given {
		a.dir = i.Path(dir)
		if info, err := a.files.Stat(a.dir); err != nil || !info.IsDir() {
			i.Errorf("can't change directory to '%s': No such file or directory", dir)
			return 1
		}
	}
	var err error
	switch {
	case found.Has('c'):
		err = a.create(ctx, names)
	case found.Has('x'), found.Has('t'):
		err = a.read(ctx, names)
	default:
		i.Errorf("must specify one of -c, -x or -t")
		return 1
	}
	if ctx.Err() != nil {
		return process.ExitStatus(ctx)
	}
	if err != nil {
		i.Errorf("%s", filesystem.Text(err))
		return 1
	}
	if a.failed {
		i.Errorf("error exit delayed from previous errors")
		return 1
	}
	return 0
}

// tarWords gives the first word its dash, as tar does, and takes out what getopt
// does not know.
func tarWords(words []string) (rest, exclude []string) {
	for n := 0; n < len(words); n++ {
		word := words[n]
		pattern, isExclude := strings.CutPrefix(word, "--exclude=")
		switch {
		case isExclude:
			exclude = append(exclude, pattern)
		case word == "--exclude" && n+1 < len(words):
			n++
			exclude = append(exclude, words[n])
		case n == 0 && word != "" && word[0] != '-':
			rest = append(rest, "-"+word)
		default:
			rest = append(rest, word)
		}
	}
	return rest, exclude
}

func (a *archiver) excluded(name string) bool {
	for _, pattern := range a.exclude {
		for _, candidate := range []string{name, path.Base(name)} {
			if fits, err := path.Match(pattern, candidate); err == nil && fits {
				return true
			}
		}
	}
	return false
}

// archive opens the file of -f, or a standard stream.
func (a *archiver) archive(ctx context.Context, flag int, standard io.ReadWriter) (io.ReadWriteCloser, error) {
	name, given := a.options['f']
	if !given || name == "-" {
		return unclosed{standard}, nil
	}
	file, err := a.i.OpenFile(ctx, name, flag)
	if err != nil {
		return nil, fmt.Errorf("can't open '%s': %s", name, filesystem.Text(err))
	}
	return file, nil
}

// unclosed is a stream that its user does not close.
type unclosed struct{ io.ReadWriter }

func (unclosed) Close() error { return nil }

// standard joins the two standard streams.
type standard struct {
	io.Reader
	io.Writer
}

func (a *archiver) create(ctx context.Context, names []string) error {
	if len(names) == 0 {
		return errors.New("empty archive")
	}
	to, err := a.archive(ctx, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, standard{a.i.Stdin, a.i.Stdout})
	if err != nil {
		return err
	}
	var packed io.WriteCloser = to
	if a.options.Has('z') {
		packed = gzip.NewWriter(to)
	}
	writer := tar.NewWriter(packed)
	for _, name := range names {
		if err := a.add(ctx, writer, name); err != nil {
			return err
		}
	}
	err = writer.Close()
	if a.options.Has('z') {
		err = errors.Join(err, packed.Close())
	}
	return errors.Join(err, to.Close())
}

// add adds a file, and what is below a directory.
func (a *archiver) add(ctx context.Context, writer *tar.Writer, name string) error {
	if err := a.i.Step(ctx); err != nil {
		return err
	}
	at := process.Absolute(a.dir, name)
	look := a.files.Lstat
	if a.options.Has('h') {
		look = a.files.Stat
	}
	info, err := look(at)
	if err != nil {
		a.i.Errorf("%s: %s", name, filesystem.Text(err))
		a.failed = true
		return nil
	}
	if a.excluded(name) {
		return nil
	}
	header, err := a.header(name, info)
	if err != nil {
		return err
	}
	a.show(a.i.Stderr, header.Name)
	var data []byte
	if info.Mode().IsRegular() {
		if data, err = a.files.ReadFile(at); err != nil {
			a.i.CannotOpen(name, err)
			a.failed = true
			return nil
		}
		header.Size = int64(len(data))
	}
	if err := writer.WriteHeader(header); err != nil {
		return err
	}
	if _, err := writer.Write(data); err != nil {
		return err
	}
	if !info.IsDir() {
		return nil
	}
	entries, err := a.files.ReadDir(at)
	if err != nil {
		a.i.CannotOpen(name, err)
		a.failed = true
		return nil
	}
	for _, entry := range entries {
		if err := a.add(ctx, writer, strings.TrimSuffix(name, "/")+"/"+entry.Name()); err != nil {
			return err
		}
	}
	return nil
}

// header is that of a file in an archive; names in it are relative.
func (a *archiver) header(name string, info fs.FileInfo) (*tar.Header, error) {
	system, _ := info.Sys().(*filesystem.Info)
	target := ""
	if system != nil {
		target = system.Target
	}
	header, err := tar.FileInfoHeader(plainInfo{info}, target)
	if err != nil {
		return nil, err
	}
	header.Name = strings.TrimLeft(name, "/")
	if header.Name == "" {
		header.Name = "."
	}
	if info.IsDir() {
		header.Name = strings.TrimSuffix(header.Name, "/") + "/"
	}
	if system != nil {
		header.Uid, header.Gid = system.UID, system.GID
		header.Uname, _ = a.i.System.UserName(system.UID)
		header.Gname, _ = a.i.System.GroupName(system.GID)
	}
	return header, nil
}

// plainInfo hides Sys, in which package tar looks for a host's data.
type plainInfo struct{ fs.FileInfo }

func (plainInfo) Sys() any { return nil }

func (a *archiver) show(to io.Writer, name string) {
	if a.options.Has('v') {
		fmt.Fprintln(to, name)
	}
}

// read lists or extracts an archive: all of it, or what is below names.
func (a *archiver) read(ctx context.Context, names []string) error {
	from, err := a.archive(ctx, os.O_RDONLY, standard{a.i.Stdin, a.i.Stdout})
	if err != nil {
		return err
	}
	defer func() { _ = from.Close() }()
	var unpacked io.Reader = from
	if a.options.Has('z') {
		if unpacked, err = gzip.NewReader(from); err != nil {
			return errors.New("invalid magic")
		}
	}
	reader := tar.NewReader(unpacked)
	for {
		if err := a.i.Step(ctx); err != nil {
			return err
		}
		header, err := reader.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return errors.New("short read")
		}
		if !wanted(header.Name, names) || a.excluded(strings.TrimSuffix(header.Name, "/")) {
			continue
		}
		if a.options.Has('t') {
			a.list(header)
			continue
		}
		a.show(a.i.Stdout, header.Name)
		if err := a.extract(header, reader); err != nil {
			return err
		}
	}
}

func wanted(name string, names []string) bool {
	if len(names) == 0 {
		return true
	}
	name = strings.TrimSuffix(name, "/")
	for _, each := range names {
		each = strings.Trim(each, "/")
		if name == each || strings.HasPrefix(name, each+"/") {
			return true
		}
	}
	return false
}

func (a *archiver) list(header *tar.Header) {
	if !a.options.Has('v') {
		fmt.Fprintln(a.i.Stdout, header.Name)
		return
	}
	name := header.Name
	if header.Typeflag == tar.TypeSymlink {
		name += " -> " + header.Linkname
	}
	fmt.Fprintf(a.i.Stdout, "%s %s/%s %9d %s %s\n", modeString(header.FileInfo().Mode()), header.Uname, header.Gname,
		header.Size, header.ModTime.UTC().Format("2006-01-02 15:04:05"), name)
}

func (a *archiver) extract(header *tar.Header, content io.Reader) error {
	if a.options.Has('O') {
		_, err := io.Copy(a.i.Stdout, content)
		return err
	}
	name := strings.TrimLeft(header.Name, "/")
	for _, part := range strings.Split(name, "/") {
		if part == ".." {
			return fmt.Errorf("name with '..': '%s'", header.Name)
		}
	}
	at, mode := process.Absolute(a.dir, path.Clean(name)), header.FileInfo().Mode()
	if err := a.files.MkdirAll(path.Dir(at), 0o755); err != nil {
		return fmt.Errorf("can't create directory '%s': %s", path.Dir(name), filesystem.Text(err))
	}
	if _, err := a.files.Lstat(at); err == nil && header.Typeflag != tar.TypeDir {
		if a.options.Has('k') {
			return nil
		}
		_ = a.files.Remove(at) // what cannot be removed cannot be replaced, which is said then
	}
	var err error
	switch header.Typeflag {
	case tar.TypeDir:
		err = a.files.MkdirAll(at, mode.Perm())
	case tar.TypeSymlink:
		err = a.files.Symlink(header.Linkname, at)
	case tar.TypeLink:
		err = a.files.Link(process.Absolute(a.dir, header.Linkname), at)
	case tar.TypeReg:
		err = a.extractFile(at, mode, content)
	}
	if err != nil {
		return fmt.Errorf("can't create '%s': %s", name, filesystem.Text(err))
	}
	if header.Typeflag == tar.TypeSymlink {
		return nil
	}
	if a.i.System.User.UID == 0 && !a.options.Has('o') {
		_ = a.files.Chown(at, header.Uid, header.Gid) // a read-only mount shows in the next change
	}
	if !a.options.Has('m') {
		_ = a.files.Chtimes(at, header.ModTime)
	}
	return nil
}

func (a *archiver) extractFile(at string, mode fs.FileMode, content io.Reader) error {
	file, err := a.files.OpenFile(at, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, mode.Perm())
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Close())
}
