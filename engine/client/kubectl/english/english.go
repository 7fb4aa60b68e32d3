// Package english keeps kubectl from loading its translations into English, which
// are the texts that they translate.
//
// kubectl loads them at the first of its translated texts, which are package
// variables: at each start of the program it packs two files of 350 kB into an
// archive, unpacks and parses them, in a browser for 0.1 to 0.5 s. What it
// loads is replaced by upstream's own [i18n.SetLoadTranslationsFunc], which must be
// called by a package that is initialised before those with such texts. Go
// initialises packages that could be next in the order of their import paths, and
// those are below k8s.io/kubectl: so this package, whose path comes before them, is
// a module of its own.
package english

import "k8s.io/kubectl/pkg/util/i18n"

func init() {
	if err := i18n.SetLoadTranslationsFunc(func() error { return nil }); err != nil {
		panic(err) // another package was first
	}
}
