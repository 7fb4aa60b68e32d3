// Package english keeps kubectl from loading its translations into English, which
// are identical to the original texts.
//
// kubectl loads them for the first of its translated texts, which are package
// variables: at each start of the program it packs two files of 350 kB into an
// archive, unpacks and parses them, which takes 0.1 to 0.5 s in a browser. The
// loading is replaced by upstream's own [i18n.SetLoadTranslationsFunc], which must
// be called by a package that is initialised before those with such texts. Among
// the packages that are ready, Go initialises the one with the first import path,
// and those with translated texts are below k8s.io/kubectl: so this package is a
// module of its own, whose path sorts before them.
package english

import "k8s.io/kubectl/pkg/util/i18n"

func init() {
	if err := i18n.SetLoadTranslationsFunc(func() error { return nil }); err != nil {
		panic(err) // another package was first
	}
}
