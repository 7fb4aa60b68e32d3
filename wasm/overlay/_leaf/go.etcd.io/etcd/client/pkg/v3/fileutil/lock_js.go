//go:build js && wasm

package fileutil

import (
	"errors"
	"os"
)

var errNoFileLock = errors.New("no file locks in a browser")

func flockTryLockFile(string, int, os.FileMode) (*LockedFile, error) { return nil, errNoFileLock }
func flockLockFile(string, int, os.FileMode) (*LockedFile, error)    { return nil, errNoFileLock }
