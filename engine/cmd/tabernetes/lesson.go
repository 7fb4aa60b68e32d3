package main

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/spf13/cobra"

	"tabernetes/lessons"
	"tabernetes/lessons/lint"
	"tabernetes/lessons/reading"
	"tabernetes/lessons/template"
)

// newLesson is the command group for authors of lessons.
func newLesson() *cobra.Command {
	command := &cobra.Command{
		Use:   "lesson",
		Short: "Write a lesson, and see that it works",
		Args:  noSuchCommand,
		RunE:  func(command *cobra.Command, _ []string) error { return command.Help() },
	}
	command.AddCommand(
		&cobra.Command{
			Use:   "new DIR",
			Short: "Write a lesson of two steps to a new directory, to be changed",
			Args:  cobra.ExactArgs(1),
			RunE: func(command *cobra.Command, arguments []string) error {
				return writeLesson(command.OutOrStdout(), arguments[0])
			},
		},
		&cobra.Command{
			Use:   "check DIR...",
			Short: "List the problems of lessons with their places, without playing them",
			Args:  cobra.MinimumNArgs(1),
			RunE: func(command *cobra.Command, arguments []string) error {
				return checkLessons(command.OutOrStdout(), arguments)
			},
		},
		newLessonTest(), newLessonServe(),
		&cobra.Command{
			Use:   "images [WORD]",
			Short: "List the simulated images that have a behaviour of their own, or those that a word is in",
			Args:  cobra.MaximumNArgs(1),
			RunE: func(command *cobra.Command, arguments []string) error {
				return listImages(command.OutOrStdout(), strings.Join(arguments, ""))
			},
		},
		&cobra.Command{
			Use:   "translated DIR",
			Short: "Note that the translations of a lesson are those of its text as it is now",
			Args:  cobra.ExactArgs(1),
			RunE: func(_ *cobra.Command, arguments []string) error {
				return noteTranslations(arguments[0])
			},
		},
	)
	return command
}

// noSuchCommand refuses an argument of a group of commands, which is none of them, as cobra
// refuses that of the root.
func noSuchCommand(group *cobra.Command, arguments []string) error {
	if len(arguments) == 0 {
		return nil
	}
	message := fmt.Sprintf("unknown command %q for %q", arguments[0], group.CommandPath())
	group.SuggestionsMinimumDistance = max(group.SuggestionsMinimumDistance, 2)
	if similar := group.SuggestionsFor(arguments[0]); len(similar) > 0 {
		message += "\n\nDid you mean this?\n\t" + strings.Join(similar, "\n\t") + "\n"
	}
	return errors.New(message)
}

func writeLesson(out io.Writer, directory string) error {
	_, id, err := locate(directory)
	if err == nil && !reading.Identifier.MatchString(id) {
		err = fmt.Errorf("write a lesson to %q: %s", directory, lessons.WantedName)
	}
	if err == nil {
		err = template.Write(directory)
	}
	if err == nil {
		err = noteTranslations(directory)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "wrote %s; see that it works: tabernetes lesson test %s\n", directory, directory)
	return err
}

// locate splits the directory of a lesson into that of the lessons and its id.
func locate(directory string) (content fs.FS, id string, err error) {
	absolute, err := filepath.Abs(directory)
	if err != nil {
		return nil, "", err
	}
	return os.DirFS(filepath.Dir(absolute)), filepath.Base(absolute), nil
}

// errProblems says that problems have been printed.
var errProblems = errors.New("the lesson has problems")

func checkLessons(out io.Writer, directories []string) error {
	var failure error
	for _, directory := range directories {
		content, id, err := locate(directory)
		if err != nil {
			return err
		}
		for _, problem := range lint.Lesson(content, id) {
			fmt.Fprintln(out, problem)
			failure = errProblems
		}
	}
	return failure
}

func noteTranslations(directory string) error {
	content, id, err := locate(directory)
	if err != nil {
		return err
	}
	files, err := lint.Sums(content, id)
	if err != nil {
		return err
	}
	for name, sums := range files {
		if err := os.WriteFile(filepath.Join(directory, name), sums, 0o644); err != nil {
			return err
		}
	}
	return nil
}
