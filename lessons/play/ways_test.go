package play

import (
	"testing"
	"testing/fstest"

	"tabernetes/lessons"
)

// otherWays are commands in place of those of a solution. Each of them does what the
// step demands, too, so it passes: a check looks at necessary state only.
var otherWays = map[string][]struct{ name, step, typed string }{
	"rolling-update": {
		{"create in place of apply", "apply", "kubectl create -f roll_update.yaml"},
		{"standard input", "apply", "cat roll_update.yaml | kubectl apply -f -"},
		{"no manifest", "apply", "kubectl create deployment image-deployment --image=registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v1\n"},
		{"server-side apply", "apply", "sed -e 's/extensions.v1beta1/apps\\/v1/' -e 's/^  template:/  selector: {matchLabels: {app: image-update}}\\n  template:/' roll_update.yaml > new.yaml\nkubectl apply --server-side -f new.yaml"},
		{"something else beside it", "apply", "kubectl create configmap extra --from-literal=a=b\n\nkubectl apply -f roll_update.yaml\n\nkubectl create deployment other --image=nginx:1.27"},
		{"patch in place of scale", "scale", "kubectl patch deployment image-deployment --patch '{\"spec\":{\"replicas\":3}}'"},
		{"scale by its label", "scale", "kubectl scale deployment --all --replicas=3"},
		{"edited file", "scale", "sed 's/replicas: 1/replicas: 3/' roll_update.yaml | kubectl apply -f -"},
		{"more first", "scale", "kubectl scale deployment image-deployment --replicas=5\n\nkubectl scale deployment image-deployment --replicas=3"},
		{"set image", "update", "kubectl set image deployment/image-deployment '*=registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v2' && kubectl rollout pause deployment/image-deployment"},
		{"JSON patch", "resume", "kubectl patch deployment image-deployment --type=json --patch '[{\"op\":\"remove\",\"path\":\"/spec/paused\"}]'"},
		{"the image by hand", "undo", "kubectl set image deployment/image-deployment '*=registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v1'"},
		{"undo to its number", "undo", "kubectl rollout undo deployment/image-deployment --to-revision=1"},
	},
	"scaling-midway": {
		{"a patch that pauses", "half-way", "kubectl set image deployment/shop shop=sim.tabernetes.dev/web:v2 && kubectl patch deployment shop --patch '{\"spec\":{\"paused\":true}}'"},
		{"patch in place of scale", "scale", "kubectl patch deployment shop --patch '{\"spec\":{\"replicas\":20}}'"},
	},
	"drain": {
		{"cordon by its field", "refused", "kubectl patch node node-1 --patch '{\"spec\":{\"unschedulable\":true}}'"},
		{"a smaller minimum", "budget", "kubectl patch pdb cart --patch '{\"spec\":{\"minAvailable\":\"80%\"}}'"},
		{"one more Pod", "budget", "kubectl scale deployment/cart --replicas=7\n\nkubectl rollout status deployment/cart"},
	},
	"selector": {
		{"another Deployment beside it", "replace", "sed '4s/news/news-2/' new-selector.yaml | kubectl apply -f -\n\nkubectl rollout status deployment/news-2\n\nkubectl delete deployment news"},
		{"set selector", "service", "kubectl set selector service news app.kubernetes.io/name=news"},
	},
	"orphans": {
		{"a patch of the labels", "suspect", "kubectl patch $(kubectl get pods -o name | head -n 1) --patch '{\"metadata\":{\"labels\":{\"app\":\"suspect\"}}}'"},
		{"a narrower Service", "repair", "kubectl patch deployment mail --patch '{\"spec\":{\"template\":{\"metadata\":{\"labels\":{\"role\":\"mail\"}}}}}'\n\nkubectl rollout status deployment/mail\n\nkubectl patch service mail --patch '{\"spec\":{\"selector\":{\"role\":\"mail\"}}}'"},
	},
	"quota": {
		{"fewer Pods for a while", "out", "kubectl scale deployment/search --replicas=3\n\nkubectl rollout status deployment/search\n\nkubectl scale deployment/search --replicas=4"},
		{"percentages", "out", "kubectl patch deployment search --patch '{\"spec\":{\"strategy\":{\"rollingUpdate\":{\"maxSurge\":\"0%\",\"maxUnavailable\":\"25%\"}}}}'"},
	},
	"autoscaler": {
		{"autoscale", "autoscale", "kubectl autoscale deployment api --cpu=50% --min=2 --max=8"},
		{"set-last-applied", "own", "kubectl apply set-last-applied -f without-replicas.yaml\n\nkubectl apply -f without-replicas.yaml"},
	},
	"ways-to-change": {
		{"server-side apply", "apply", "kubectl apply --server-side -f v2.yaml"},
		{"the variable by hand", "replace", "kubectl set env deployment/blog --containers=blog MODE-"},
		{"JSON patch", "patch", "kubectl patch deployment blog --type=json --patch '[{\"op\":\"replace\",\"path\":\"/spec/template/spec/containers/0/image\",\"value\":\"sim.tabernetes.dev/web:v3\"}]'"},
	},
	"changed-config": {
		{"made anew and applied", "change", "kubectl create configmap greeting --from-literal=COLOR=green --dry-run=client -o yaml | kubectl apply -f -"},
		{"another name", "name", "kubectl create configmap red --from-literal=COLOR=red\n\nsed 's/greeting-red/red/' use-red.yaml > red-too.yaml\n\nkubectl patch deployment greeting --patch-file red-too.yaml"},
	},
	"blue-green": {
		{"set selector", "switch", "kubectl set selector service tickets app=tickets,track=green"},
		{"twice as many of each", "canary", "kubectl scale deployment/green --replicas=2\n\nkubectl scale deployment/blue --replicas=18\n\nkubectl rollout status deployment/blue\n\nkubectl set selector service tickets app=tickets"},
	},
	"stateful-order": {
		{"both in one patch", "one", "kubectl patch statefulset db --patch '{\"spec\":{\"updateStrategy\":{\"rollingUpdate\":{\"partition\":2}},\"template\":{\"spec\":{\"containers\":[{\"name\":\"db\",\"image\":\"sim.tabernetes.dev/web:v2\"}]}}}}'"},
		{"the image by hand", "rollback", "kubectl set image statefulset/db db=sim.tabernetes.dev/web:v1\n\nkubectl delete pod db-2"},
	},
	"daemonset": {
		{"each Pod by hand", "rest", "kubectl delete pods --all"},
		{"both in one patch", "surge", "kubectl patch daemonset agent --patch '{\"spec\":{\"updateStrategy\":{\"rollingUpdate\":{\"maxSurge\":\"34%\",\"maxUnavailable\":0}},\"template\":{\"spec\":{\"containers\":[{\"name\":\"agent\",\"image\":\"sim.tabernetes.dev/web:v3\"}]}}}}'"},
	},
	"dead-node": {
		{"deleted at once", "replaced", "kubectl delete pods --field-selector=spec.nodeName=node-2 --wait=false"},
		{"out of service", "replaced", "kubectl taint node node-2 node.kubernetes.io/out-of-service=nodeshutdown:NoExecute"},
	},
	"bad-image": {
		{"undo", "out", "kubectl rollout undo deployment/web"},
		{"the whole manifest", "out", "kubectl get deployment web -o yaml | sed 's/web:v22/web:v3/' | kubectl apply -f -"},
		{"patch", "out", "kubectl patch deployment web --patch '{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"web\",\"image\":\"sim.tabernetes.dev/web:v2\"}]}}}}'"},
		{"another bad image", "break", "kubectl set image deployment/web web=sim.tabernetes.dev/web:2"},
	},
	"quarter": {
		{"patch", "one", "kubectl patch deployment web --patch '{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"web\",\"image\":\"sim.tabernetes.dev/web:v2\"}]}}}}'"},
		{"another order", "five", "kubectl scale deployment/web --replicas=5\n\nkubectl set image deployment/web web=sim.tabernetes.dev/web:v4\n\nkubectl rollout status deployment/web\n\nkubectl set image deployment/web web=sim.tabernetes.dev/web:v3"},
	},
	"undo": {
		{"the image by hand", "back", "kubectl set image deployment/web web=sim.tabernetes.dev/web:v1"},
		{"undo twice by number", "back", "kubectl rollout undo deployment/web --to-revision=2\n\nkubectl rollout undo deployment/web --to-revision=1"},
		{"more revisions than three", "three", "kubectl set image deployment/web web=sim.tabernetes.dev/web:v2\n\nkubectl rollout restart deployment/web\n\nkubectl set image deployment/web web=sim.tabernetes.dev/web:v3"},
	},
	"no-failed-request": {
		{"JSON merge patch", "limits", "kubectl patch deployment web --type=merge --patch '{\"spec\":{\"strategy\":{\"rollingUpdate\":{\"maxSurge\":2,\"maxUnavailable\":\"0%\"}}}}'"},
		{"a command probe", "readiness", "kubectl patch deployment web --patch '{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"web\",\"readinessProbe\":{\"tcpSocket\":{\"port\":80},\"periodSeconds\":1}}]}}}}'"},
	},
}

func TestOtherRightWaysPass(t *testing.T) {
	content, err := lessons.Content()
	if err != nil {
		t.Fatal(err)
	}
	for id, ways := range otherWays {
		lesson := open(t, content, id)
		for _, way := range ways {
			t.Run(id+"/"+way.name, func(t *testing.T) {
				text := stepMark + way.step + "\n" + way.typed + "\n"
				script, problems, err := readScript(fstest.MapFS{"way.sh": {Data: []byte(text)}}, "way.sh")
				if err != nil || len(problems) > 0 {
					t.Fatal(err, problems)
				}
				if _, err := Other(t.Context(), lesson, script); err != nil {
					t.Error(err)
				}
			})
		}
	}
}
