package lint

import (
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// edit replaces what stands in a file of the template. An empty old writes the whole file.
type edit struct{ file, old, replacement string }

// toldOnce are mistakes with all that is told of each: one problem at its place, and
// nothing that follows from it.
var toldOnce = map[string]struct {
	edits []edit
	want  string
}{
	// YAML that cannot be read: in the parser's words, at the place to repair.
	"bracket that is not closed": {
		[]edit{{"lesson.yaml", "hints: [command]", "hints: [command"}},
		`mine/lesson.yaml:24:12: while parsing a flow sequence: at line 25, column 10: did not find expected ',' or ']'`,
	},
	"quotation mark that is missing": {
		[]edit{{"lesson.yaml", `p.metadata.ownerReferences))"`, `p.metadata.ownerReferences))`}},
		`mine/lesson.yaml:36:16: mapping values are not allowed in this context; want another indentation, or quotation marks around a text with ": "`,
	},
	"indentation": {
		[]edit{{"lesson.yaml", "    hints: [command]\n", "   hints: [command]\n"}},
		`mine/lesson.yaml:24:4: while parsing a block collection from line 13, column 3: did not find expected '-' indicator`,
	},
	"indentation of a list": {
		[]edit{{"lesson.yaml", "    wrong:\n      - id: bare-pod", "    wrong:\n    - id: bare-pod"}},
		`mine/lesson.yaml:27:13: mapping values are not allowed in this context; want another indentation, or quotation marks around a text with ": "`,
	},
	"tab": {
		[]edit{{"lesson.yaml", "    hints: [command]", "\thints: [command]"}},
		`mine/lesson.yaml:24:1: found character that cannot start any token; want spaces, no tab, or quotation marks around the text`,
	},
	"colon in a text": {
		[]edit{{"lesson.en.md", "title: The title", "title: Title: the"}},
		`mine/lesson.en.md:2:13: mapping values are not allowed in this context; want another indentation, or quotation marks around a text with ": "`,
	},
	"exclamation mark": {
		[]edit{{"lesson.yaml", "when: \"!exists('deployments', 'web')\"}", "when: !exists('deployments', 'web')}"}},
		`mine/lesson.yaml:22:13: while parsing a flow mapping: at line 22, column 60: did not find expected ',' or '}'`,
	},
	"two documents": {
		[]edit{{"lesson.yaml", "steps:\n", "---\nsteps:\n"}},
		`mine/lesson.yaml:13:1: a second document begins here: want only one`,
	},
	"manifest with a bracket": {
		[]edit{{"web.yaml", "replicas: 1", "replicas: [1"}},
		`mine/web.yaml:6:13: while parsing a flow sequence: at line 7, column 11: did not find expected ',' or ']'`,
	},
	"manifest with a tab": {
		[]edit{{"web.yaml", "  replicas: 1", "\treplicas: 1"}},
		`mine/web.yaml:6:1: found character that cannot start any token; want spaces, no tab, or quotation marks around the text`,
	},
	"plan and text, each its own": {
		[]edit{{"lesson.yaml", "hints: [command]", "hints: [command"}, {"lesson.zh.md", "minutes: 5", "minutes: five"}, {"solution.sh", "# step: make\n", ""}},
		`mine/lesson.yaml:24:12: while parsing a flow sequence: at line 25, column 10: did not find expected ',' or ']'` + "\n" +
			`mine/lesson.zh.md:4:10: minutes: want a whole number from 1 to 240, got "five"` + "\n" +
			`mine/solution.sh:2: want a line "# step: ID" before the first command`,
	},
	"broken plan and unknown file": {
		[]edit{{"lesson.yaml", "start:", "start: ["}},
		`mine/lesson.yaml:8:8: while parsing a flow sequence: at line 10, column 1: did not find expected ',' or ']'`,
	},
	// Files that are no text.
	"encoding of one byte": {
		[]edit{{"lesson.en.md", "title: The", "title: Th\xe9"}},
		`mine/lesson.en.md:2:10: byte 0xe9 is not UTF-8: save the file in the encoding UTF-8`,
	},
	"encoding GBK": {
		[]edit{{"lesson.zh.md", "", "---\ntitle: \xb1\xea\xcc\xe2\n---\n"}},
		`mine/lesson.zh.md:2:8: byte 0xb1 is not UTF-8: save the file in the encoding UTF-8`,
	},
	"UTF-16": {
		[]edit{{"lesson.yaml", "", "\xff\xfes\x00t\x00"}},
		`mine/lesson.yaml: the file is in UTF-16: save it in the encoding UTF-8`,
	},
	"empty plan": {
		[]edit{{"lesson.yaml", "", " \n"}},
		`mine/lesson.yaml: no content`,
	},
	"empty text": {
		[]edit{{"lesson.zh.md", "", "\n"}},
		`mine/lesson.zh.md: no content`,
	},
	"empty solution": {
		[]edit{{"solution.sh", "", "\n"}},
		`mine/solution.sh: no content`,
	},
	"empty wrong way": {
		[]edit{{"wrong/too-many.sh", "", "\n"}},
		`mine/wrong/too-many.sh: no content`,
	},
	"empty manifest": {
		[]edit{{"web.yaml", "", "\n"}},
		`mine/web.yaml: no content`,
	},
	// Names of steps.
	"heading in English": {
		[]edit{{"lesson.en.md", "{#scale}", "{#sclae}"}},
		`mine/lesson.en.md:41:14: heading {#sclae} names no step of lesson.yaml; steps are make, scale; did you mean {#scale}?`,
	},
	"heading in Chinese": {
		[]edit{{"lesson.zh.md", "{#scale}", "{#sclae}"}},
		`mine/lesson.zh.md:41:8: heading {#sclae} names no step of lesson.yaml; steps are make, scale; did you mean {#scale}?`,
	},
	"heading in both": {
		[]edit{{"lesson.en.md", "{#scale}", "{#sclae}"}, {"lesson.zh.md", "{#scale}", "{#sclae}"}},
		`mine/lesson.en.md:41:14: heading {#sclae} names no step of lesson.yaml; steps are make, scale; did you mean {#scale}?` + "\n" +
			`mine/lesson.zh.md:41:8: heading {#sclae} names no step of lesson.yaml; steps are make, scale; did you mean {#scale}?`,
	},
	"heading with a foreign id": {
		[]edit{{"lesson.zh.md", "{#scale}", "{#more-of-them}"}},
		`mine/lesson.zh.md:41:8: heading {#more-of-them} names no step of lesson.yaml; steps are make, scale; did you mean {#scale}?`,
	},
	"heading without an id": {
		[]edit{{"lesson.zh.md", " {#scale}", ""}},
		`mine/lesson.zh.md:41:7: the heading has no id: want {#scale} at its end`,
	},
	"heading with half an id": {
		[]edit{{"lesson.en.md", "{#scale}", "{scale}"}},
		`mine/lesson.en.md:41:14: "{scale}" is no id of a step: want {#scale}`,
	},
	"heading with the beginning of an id": {
		[]edit{{"lesson.en.md", "{#scale}", "{"}},
		`mine/lesson.en.md:41:14: "{" is no id of a step: want {#scale}`,
	},
	"heading of another level": {
		[]edit{{"lesson.en.md", "## Change it", "### Change it"}},
		`mine/lesson.en.md:41:1: heading {#scale} is that of a step: want "##" before it, got "###"`,
	},
	"heading that stands twice": {
		[]edit{{"lesson.en.md", "{#scale}", "{#make}"}},
		`mine/lesson.en.md:41:14: heading {#make} stands twice, and step "scale" has none; did you mean {#scale}?`,
	},
	"heading that is gone": {
		[]edit{{"lesson.zh.md", "## 改一改 {#scale}\n", ""}},
		`mine/lesson.zh.md: step "scale" of lesson.yaml has no heading: want "## Title {#scale}"`,
	},
	"step of the plan": {
		[]edit{{"lesson.yaml", "- id: scale", "- id: sclae"}},
		`mine/lesson.yaml:28:5: step "sclae": no text has a heading {#sclae}; did you mean "scale"?`,
	},
	"step that is only read": {
		[]edit{{"lesson.en.md", "## Change it", "## Before {#before}\n\nRead.\n\n## Change it"}, {"lesson.zh.md", "## 改一改", "## 先看 {#befroe}\n\n先看。\n\n## 改一改"}},
		`mine/lesson.zh.md:41: lesson.en.md:41 has changed since it was translated: revise the translation, then run tabernetes lesson translated` + "\n" +
			`mine/lesson.zh.md:41:7: heading {#befroe} is not in lesson.en.md; did you mean {#before}?` + "\n" +
			`mine/lesson.zh.md:43: lesson.en.md:43 has changed since it was translated: revise the translation, then run tabernetes lesson translated`,
	},
	"part of the solution": {
		[]edit{{"solution.sh", "# step: scale", "# step: sclae"}},
		`mine/solution.sh:5:9: step "sclae" is not in lesson.yaml; steps are make, scale; did you mean "scale"?`,
	},
	"mark of a part": {
		[]edit{{"solution.sh", "# step: scale", "#Step scale"}},
		`mine/solution.sh:5: "#Step scale" begins no part: want "# step: scale"`,
	},
	"no mark": {
		[]edit{{"wrong/too-many.sh", "# step: scale\n", ""}},
		`mine/wrong/too-many.sh:1: want a line "# step: ID" before the first command`,
	},
	"part of a wrong way": {
		[]edit{{"wrong/too-many.sh", "# step: scale", "# step: sclae"}},
		`mine/wrong/too-many.sh:1:9: part "sclae": the wrong way is one of step "scale"`,
	},
	// Other names.
	"field": {
		[]edit{{"lesson.yaml", "    hints: [command]", "    hint: [command]"}},
		`mine/lesson.yaml:24:5: step: unknown key "hint", known are id, limit, checks, hints, wrong, questions, debrief; did you mean "hints"?`,
	},
	"field of the front matter": {
		[]edit{{"lesson.en.md", "minutes: 5", "minute: 5"}},
		`mine/lesson.en.md:4:1: front matter: unknown key "minute", known are title, summary, minutes, kubernetes; did you mean "minutes"?`,
	},
	"field that stands twice": {
		[]edit{{"lesson.yaml", "    debrief: true", "    debrief: true\n    debrief: true"}},
		`mine/lesson.yaml:48:5: step: key "debrief" stands twice`,
	},
	"id of a step twice": {
		[]edit{{"lesson.yaml", "- id: scale", "- id: make"}},
		`mine/lesson.yaml:28:9: id: "make" stands twice`,
	},
	"id of a hint twice": {
		[]edit{{"lesson.yaml", "hints: [command]", "hints: [command, command]"}},
		`mine/lesson.yaml:24:22: hints: "command" stands twice`,
	},
	"hint": {
		[]edit{{"lesson.en.md", "```hint {id=command}", "```hint {id=comand}"}},
		`mine/lesson.en.md:31: hint "comand" is not in step "make" of lesson.yaml, where "command" has no block; did you mean {id=command}?`,
	},
	"wrong way without an answer": {
		[]edit{{"lesson.en.md", "```wrong {id=too-many}", "```wrong {id=too-much}"}},
		`mine/lesson.en.md:64: wrong "too-much" is not in step "scale" of lesson.yaml, where "too-many" has no block; did you mean {id=too-many}?`,
	},
	"block in another step": {
		[]edit{{"lesson.en.md", "```wrong {id=bare-pod}\nThat is a Pod of its own. Nobody makes it again when it ends; a Deployment does.\n```\n\n", ""}, {"lesson.en.md", "```debrief", "```wrong {id=bare-pod}\nA Pod.\n```\n\n```debrief"}},
		`mine/lesson.en.md:64: wrong "bare-pod" stands in step "scale", in lesson.yaml it is in step "make"`,
	},
	"kind of a block": {
		[]edit{{"lesson.en.md", "```hint {id=command}", "```hnit {id=command}"}},
		`mine/lesson.en.md:31: there is no block "hnit", known are debrief, note, output, check, hint, wrong, question; did you mean "hint"?`,
	},
	"block that is not closed": {
		[]edit{{"lesson.en.md", "deployment.apps/web created\n```", "deployment.apps/web created"}},
		"mine/lesson.en.md:21: the block ```output is not closed: want a line ``` before line 24",
	},
	"last block that is not closed": {
		[]edit{{"lesson.en.md", "for those who want to go on.\n```", "for those who want to go on."}},
		"mine/lesson.en.md:72: the block ```note is not closed: want a line ``` at its end",
	},
	"sentence": {
		[]edit{{"lesson.en.md", "number: `web`", "numbre: `web`"}},
		`mine/lesson.en.md:56: check "three": sentence "numbre" is never told, known are ["met" "number" "pods"]; did you mean "number"?`,
	},
	"sentence without a key": {
		[]edit{{"lesson.en.md", "number: `web`", "`web`"}},
		"mine/lesson.en.md:56: want a line such as \"met: All three Pods are ready.\", got \"`web` asks for {wanted} Pods, not for 3.\"",
	},
	"value": {
		[]edit{{"lesson.zh.md", "{wanted}", "{wantedd}"}},
		`mine/lesson.zh.md:56: check "three": there is no value "wantedd", known are ["wanted"]; did you mean "wanted"?`,
	},
	"file of the plan": {
		[]edit{{"lesson.yaml", "  - web.yaml", "  - wbe.yaml"}},
		`mine/lesson.yaml:7:5: files: open mine/wbe.yaml: file does not exist; did you mean "web.yaml"?`,
	},
	"file of a block": {
		[]edit{{"lesson.en.md", "{file=web.yaml apply}", "{file=wbe.yaml apply}"}},
		`mine/lesson.en.md:14: file "wbe.yaml" is not in the files of lesson.yaml; did you mean "web.yaml"?`,
	},
	"file of a wrong way": {
		[]edit{{"wrong/too-mny.sh", "", "# step: scale\nkubectl scale deployment web --replicas=9\n"}, {"wrong/too-many.sh", "", ""}},
		`mine/wrong/too-mny.sh: no step of lesson.yaml has the wrong way "too-mny"; did you mean "too-many"?`,
	},
	"prerequisite in a circle": {
		[]edit{{"lesson.yaml", "files:  ", "prerequisites: [other]\nfiles:  "}, {"../other/lesson.yaml", "", "prerequisites: [mine]\n"}},
		`mine/lesson.yaml:6:17: prerequisites: "other" comes after this lesson: mine needs other needs mine`,
	},
	"function": {
		[]edit{{"lesson.yaml", "eventually: rolledOut('web')\n", "eventually: roledOut('web')\n"}},
		`mine/lesson.yaml:17:29: eventually: undeclared reference to 'roledOut'; did you mean "rolledOut"?`,
	},
	"function in a block": {
		[]edit{{"lesson.yaml", "eventually: rolledOut('web')\n", "eventually: |\n          exists('pods', 'web') ||\n            roledOut('web')\n"}},
		`mine/lesson.yaml:19:21: eventually: undeclared reference to 'roledOut'; did you mean "rolledOut"?`,
	},
	"regular expression": {
		[]edit{{"lesson.yaml", "when: get('deployments', 'web').spec.replicas > 3", "when: get('deployments', 'web').metadata.name.matches('[a-')"}},
		"mine/lesson.yaml:40:63: when: error parsing regexp: missing closing ]: `[a-`",
	},
	"service of the requests": {
		[]edit{{"lesson.yaml", "start:\n", "start:\n  traffic: [{service: shopp, perSecond: 3}]\n"}},
		`mine/lesson.yaml:9:23: traffic: no file, text or script of the lesson names a Service "shopp"`,
	},
	"choice without options": {
		[]edit{{"lesson.yaml", "kind: number", "kind: choice"}},
		`mine/lesson.yaml:42:9: question: choice and order want two options or more, number has none`,
	},
	// Manifests.
	"kind": {
		[]edit{{"web.yaml", "kind: Deployment", "kind: Deploymnet"}},
		`mine/web.yaml:2:1: no matches for kind "Deploymnet" in version "apps/v1"; did you mean "Deployment"?`,
	},
	"version": {
		[]edit{{"web.yaml", "apiVersion: apps/v1", "apiVersion: app/v1"}},
		`mine/web.yaml:2:1: no matches for kind "Deployment" in version "app/v1"; did you mean "apps/v1"?`,
	},
	"field of a manifest": {
		[]edit{{"web.yaml", "image: sim", "imagee: sim"}},
		`mine/web.yaml:15:9: unknown field "spec.template.spec.containers[0].imagee"`,
	},
	"type of a field": {
		[]edit{{"web.yaml", "replicas: 1", "replicas: one"}},
		`mine/web.yaml:6:3: json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`,
	},
	"image": {
		[]edit{{"web.yaml", "dev/web:v1", "dev/wbe:v1"}},
		`mine/web.yaml:15:16: image "sim.tabernetes.dev/wbe:v1": repository "sim.tabernetes.dev/wbe" is not in the catalogue of simulated images; did you mean "sim.tabernetes.dev/web"?`,
	},
	"tag": {
		[]edit{{"web.yaml", "dev/web:v1", "dev/web:v77"}},
		`mine/web.yaml:15:16: image "sim.tabernetes.dev/web:v77": it cannot be pulled (not-found), and no text of the lesson speaks of it`,
	},
	// Languages.
	"text in Chinese is gone": {
		[]edit{{"lesson.zh.md", "", ""}},
		`mine/lesson.zh.md: the text is missing: lesson.zh.sums says that there is one`,
	},
	"text in English is gone": {
		[]edit{{"lesson.en.md", "", ""}},
		`mine/lesson.en.md: the text is missing: lesson.zh.sums says that there is a translation of it`,
	},
	"language of the course": {
		[]edit{{"lesson.yaml", "files:  ", "course: c\nplace: 1\nfiles:  "}, {"lesson.zh.md", "", ""}, {"lesson.zh.sums", "", ""}, {"../other/lesson.yaml", "", "course: c\nplace: 2\n"}, {"../other/lesson.zh.md", "", "x"}},
		`mine/lesson.zh.md: the text is missing: lesson "other" of course "c" has one in this language`,
	},
	"paragraph left in English": {
		[]edit{{"lesson.zh.md", "要三个，用什么办法都行：", "Ask for three, in whatever way you like:"}},
		`mine/lesson.zh.md:48: the line is that of lesson.en.md:48, not translated`,
	},
	"sentence left in English": {
		[]edit{{"lesson.zh.md", "met: `web` 的三个 Pod 都可用了。", "met: Three Pods of `web` are available."}},
		`mine/lesson.zh.md:55: the line is that of lesson.en.md:55, not translated`,
	},
	"hint left in English": {
		[]edit{{"lesson.zh.md", "提示只帮一步，不把答案全说出来。", "A hint helps one step further and does not give everything away."}},
		`mine/lesson.zh.md:32: the line is that of lesson.en.md:32, not translated`,
	},
	"title left in English": {
		[]edit{{"lesson.zh.md", "title: 这一课的标题", "title: The title of the lesson"}},
		`mine/lesson.zh.md:2: the line is that of lesson.en.md:2, not translated`,
	},
	"names and commands left": {
		[]edit{{"lesson.en.md", "Ask for three, in", "`kubectl get deployments` ReplicaSet, Deployment, Pod\n\nAsk for three, in"}, {"lesson.zh.md", "要三个，用", "`kubectl get deployments` ReplicaSet, Deployment, Pod\n\n要三个，用"}, {"lesson.zh.sums", "", ""}},
		`mine/lesson.zh.md: there is no lesson.zh.sums, which says what it was translated from: run tabernetes lesson translated`,
	},
	"paragraph that has changed": {
		[]edit{{"lesson.en.md", "Ask for three, in whatever way", "Ask for three, in any way"}},
		`mine/lesson.zh.md:48: lesson.en.md:48 has changed since it was translated: revise the translation, then run tabernetes lesson translated`,
	},
	"paragraph that is gone": {
		[]edit{{"lesson.en.md", "Ask for three, in whatever way you like:\n\n", ""}},
		`mine/lesson.zh.md:41: step "scale": a paragraph of lesson.en.md that was translated is not there any more: revise the translation, then run tabernetes lesson translated`,
	},
	"commands in Chinese": {
		[]edit{{"lesson.zh.md", "kubectl scale deployment web --replicas=3\n```", "kubectl scale deployment web --replicas=4\n```"}},
		`mine/lesson.zh.md:50: the block differs from that of lesson.en.md:50, which is the same in all languages: got "kubectl scale deployment web --replicas=4", want "kubectl scale deployment web --replicas=3"`,
	},
	"output in Chinese": {
		[]edit{{"lesson.zh.md", "deployment.apps/web created", "deployment.apps/web made"}},
		`mine/lesson.zh.md:21: the block differs from that of lesson.en.md:21, which is the same in all languages: got "deployment.apps/web made", want "deployment.apps/web created"`,
	},
	// No mistakes.
	"byte order marks": {[]edit{{"lesson.yaml", "# What all", "\ufeff# What all"}, {"lesson.en.md", "---\ntitle", "\ufeff---\ntitle"}, {"solution.sh", "# What", "\ufeff# What"}}, ""},
	"lines of Windows": {nil, ""},
}

// TestMistakesAreToldOnce wants of each mistake one line, at its place, and of files with
// byte order marks or the line ends of Windows nothing.
func TestMistakesAreToldOnce(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(toldOnce)) {
		planted := toldOnce[name]
		t.Run(name, func(t *testing.T) {
			content := whole(t)
			for _, one := range planted.edits {
				plant(t, content, one)
			}
			if planted.edits == nil {
				for _, file := range content {
					file.Data = []byte(strings.ReplaceAll(string(file.Data), "\n", "\r\n"))
				}
			}
			if got := Lesson(content, "mine").Error(); got != planted.want {
				t.Errorf("got\n%s\nwant\n%s", got, planted.want)
			}
		})
	}
}

func plant(t *testing.T, content fstest.MapFS, one edit) {
	t.Helper()
	name := "mine/" + one.file
	if other, ok := strings.CutPrefix(one.file, "../"); ok {
		name = other
	}
	if one.old == "" && one.replacement == "" {
		delete(content, name)
		return
	}
	text := one.replacement
	if one.old != "" {
		before := string(content[name].Data)
		if text = strings.Replace(before, one.old, one.replacement, 1); text == before {
			t.Fatalf("%s does not have %q", name, one.old)
		}
	}
	content[name] = &fstest.MapFile{Data: []byte(text)}
}
