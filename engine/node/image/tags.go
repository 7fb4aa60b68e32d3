package image

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// find returns the entry of a tag, or nil: of the tag itself, of the line that a newer
// release belongs to, or of the release that a variant is made of.
func (r *Repository) find(tag string) *Tag {
	for i := range r.Tags {
		if slices.Contains(r.Tags[i].Names, tag) {
			return &r.Tags[i]
		}
	}
	for i := range r.Tags {
		if r.Tags[i].isNewer(tag) {
			return &r.Tags[i]
		}
	}
	for _, variant := range r.Variants {
		of, isVariant := strings.CutSuffix(tag, "-"+variant)
		if isVariant && of != "" {
			return r.find(of)
		}
	}
	return nil
}

// withDigest returns the entry of a digest: of a tag whose digest it is, or else the
// first, for the digests of the registries are not known.
func (r *Repository) withDigest(digest string) *Tag {
	for i := range r.Tags {
		for _, name := range r.Tags[i].Names {
			if digestOf(r.Repository+":"+name) == digest {
				return &r.Tags[i]
			}
		}
	}
	return &r.Tags[0]
}

// release is a version of two or three numbers: its line, its last number, and what
// stands behind.
var release = regexp.MustCompile(`^(v?[0-9]+(?:\.[0-9]+)?)\.([0-9]+)(-.+)?$`)

// How far a release may be ahead of the last that is listed: about a year of a
// maintained line, by its patch releases and by its minor ones.
const (
	furthestPatch = 12
	furthestMinor = 3
)

// isNewer says whether a tag is a release of a maintained line of the entry that is
// newer than those listed.
func (t *Tag) isNewer(tag string) bool {
	parts := release.FindStringSubmatch(tag)
	if !t.Maintained || parts == nil {
		return false
	}
	wanted, err := strconv.Atoi(parts[2])
	line, last := parts[1], -1
	for _, name := range t.Names {
		if listed := release.FindStringSubmatch(name); listed != nil && listed[1] == line && listed[3] == parts[3] {
			patch, _ := strconv.Atoi(listed[2]) // digits by the expression
			last = max(last, patch)
		}
	}
	furthest := furthestPatch
	if !strings.Contains(line, ".") {
		furthest = furthestMinor
	}
	known := last >= 0 || slices.Contains(t.Names, line+parts[3])
	return err == nil && known && wanted > last && wanted <= last+furthest
}

// missingTags are tags that say themselves that they do not exist: nobody gives a
// release such a name, and whoever pulls one wants to see a pull that fails.
var missingTags = []string{
	"bad", "badtag", "bad-tag", "bogus", "broken", "does-not-exist", "doesnotexist", "doesnt-exist", "fake", "invalid", "invalid-tag",
	"missing", "no-such-tag", "no-such-version", "nonexistent", "non-existent", "nonexisting", "not-a-tag", "not-exist", "not-existing",
	"not-found", "notexist", "notfound", "nosuchtag", "tag-does-not-exist", "this-does-not-exist", "typo", "unknown", "wrong", "wrong-tag",
}

// versionWord is a part of a tag that is a number or a version.
var versionWord = regexp.MustCompile(`^v?[0-9]+$`)

// saysItIsMissing says whether a tag, without the version in it, is one of
// missingTags: "no-such-tag", "v2-broken", "1.0.invalid".
func saysItIsMissing(tag string) bool {
	words := strings.FieldsFunc(strings.ToLower(tag), func(r rune) bool { return r == '-' || r == '_' || r == '.' })
	words = slices.DeleteFunc(words, versionWord.MatchString)
	return slices.Contains(missingTags, strings.Join(words, "-"))
}
