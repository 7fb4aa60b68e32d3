package guide

import "net/url"

// language is one of the languages of the pages.
type language struct {
	// tag is the name of its folder, that of the page's parameter lang, and of a
	// lesson's texts; html is what the lang attribute has.
	tag, html string
	// name is what its readers call it.
	name string
	words
}

// words are those around the pages' own texts.
type words struct {
	Skip, Menu, Playground, Footer, Licences, OwnLicence, Notice string
	Minutes, After                                               string // formats of a number and of titles
	Attribute, Meaning, Event                                    string
	Poster, Waiting, Fallback                                    string
	Frame                                                        string
}

// languages are in the order in which pages offer them.
var languages = []language{
	{tag: "en", html: "en", name: "English", words: words{
		Skip: "Skip to the text", Menu: "Pages", Playground: "Open the playground",
		Footer:   "Kubernetes runs in your browser. No server, no account, nothing is sent anywhere.",
		Licences: "Licences of everything in it", OwnLicence: "Licence", Notice: "Notice",
		Minutes: "%d min", After: "after %s",
		Attribute: "Attribute", Meaning: "Meaning", Event: "Event",
		Poster: "A Deployment, its ReplicaSet and %d Pods", Waiting: "Kubernetes is starting in this page…",
		Fallback: "Open it in a page of its own", Frame: "Kubernetes playground",
	}},
	{tag: "zh", html: "zh-Hans", name: "简体中文", words: words{
		Skip: "跳到正文", Menu: "页面", Playground: "打开演练场",
		Footer:   "Kubernetes 就在你的浏览器里运行。没有服务器，不用注册，什么都不会发送出去。",
		Licences: "所含全部组件的许可证", OwnLicence: "许可证", Notice: "声明",
		Minutes: "%d 分钟", After: "先学：%s",
		Attribute: "属性", Meaning: "含义", Event: "事件",
		Poster: "一个 Deployment、它的 ReplicaSet 和 %d 个 Pod", Waiting: "Kubernetes 正在这个页面里启动……",
		Fallback: "在单独的页面中打开", Frame: "Kubernetes 演练场",
	}},
}

// playgroundAddress is that of the playground in this language, from a page.
func (l language) playgroundAddress() string { return "../?lang=" + l.tag }

// lessonAddress is that of a lesson in the playground, from a page.
func (l language) lessonAddress(id string) string {
	return "../?" + url.Values{"lesson": {id}, "lang": {l.tag}}.Encode()
}
