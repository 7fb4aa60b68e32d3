package filesystem

import (
	"io/fs"
	"slices"
)

// WriteFileLater makes a new file whose contents are made when somebody first opens it
// or asks for its size. Its time of modification is now. content is called without
// locks, may be called by several goroutines at once, and must always return the same.
func (f *FileSystem) WriteFileLater(name string, mode fs.FileMode, content func() []byte) error {
	where, err := f.walk(name, false)
	if err == nil && where.node != nil {
		err = ErrExist
	}
	if err == nil {
		_, err = where.insert(mode&permissions, func(n *node) { n.content = content })
	}
	if err != nil {
		return pathError("open", name, err)
	}
	return nil
}

// makeContent makes the contents of a file of WriteFileLater, if they have not been made
// yet, and returns the size of the file. They may exceed what the FileSystem is bounded
// to, as a file cannot be refused that is there already. The caller holds no lock.
func (p place) makeContent() int64 {
	p.tree.mu.Lock()
	content := p.node.content
	if content == nil {
		defer p.tree.mu.Unlock()
		return int64(len(p.node.data))
	}
	p.tree.mu.Unlock()
	data := content()
	p.tree.mu.Lock()
	defer p.tree.mu.Unlock()
	if p.node.content != nil && !p.node.gone() {
		p.node.content, p.node.data = nil, slices.Clone(data)
		p.tree.bytes += int64(len(data))
	}
	return int64(len(data))
}
