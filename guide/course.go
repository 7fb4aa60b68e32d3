package guide

import (
	"cmp"
	"fmt"
	"html"
	"slices"
	"strconv"
	"strings"

	"tabernetes/lessons/publish"
)

// lessonList lists lessons of a course with what their own files say: those whose
// places the block names, as in "rollouts 1-6".
func (e *blockExtension) lessonList(f fence) (string, string) {
	if len(f.words) != 2 {
		return "", "want a course and places, as in \"rollouts 1-6\""
	}
	first, last, ok := strings.Cut(f.words[1], "-")
	from, errFirst := strconv.Atoi(first)
	to, errLast := strconv.Atoi(last)
	if !ok || errFirst != nil || errLast != nil {
		return "", fmt.Sprintf("want places as in \"1-6\", got %q", f.words[1])
	}
	var made strings.Builder
	fmt.Fprintf(&made, "<ol class=\"lessons\" start=\"%d\">\n", from)
	found := 0
	for _, entry := range e.lessons {
		if entry.Course == f.words[0] && entry.Place >= from && entry.Place <= to {
			made.WriteString(e.lessonItem(entry))
			e.page.lessons = append(e.page.lessons, entry.ID)
			found++
		}
	}
	made.WriteString("</ol>\n")
	if found != to-from+1 {
		return made.String(), fmt.Sprintf("course %q has %d lessons at these places", f.words[0], found)
	}
	return made.String(), ""
}

func (e *blockExtension) lessonItem(entry publish.Entry) string {
	language := e.page.language
	facts := fmt.Sprintf(language.Minutes, entry.Minutes)
	if titles := e.titlesOf(entry.Prerequisites); titles != "" {
		facts += " · " + fmt.Sprintf(language.After, titles)
	}
	return fmt.Sprintf("<li><a href=\"%s\">%s</a> <span class=\"facts\">%s</span><p>%s</p></li>\n",
		html.EscapeString(language.lessonAddress(entry.ID)), html.EscapeString(titleOf(entry, language.tag)),
		facts, html.EscapeString(cmp.Or(entry.Summaries[language.tag], entry.Summaries["en"])))
}

// titlesOf are those of lessons; the first one of the course goes without saying.
func (e *blockExtension) titlesOf(ids []string) string {
	var titles []string
	for _, entry := range e.lessons {
		if entry.Place != 1 && slices.Contains(ids, entry.ID) {
			titles = append(titles, html.EscapeString(titleOf(entry, e.page.language.tag)))
		}
	}
	return strings.Join(titles, ", ")
}

func titleOf(entry publish.Entry, language string) string {
	return cmp.Or(entry.Titles[language], entry.Titles["en"], entry.ID)
}
