package play

import (
	"testing"
	"testing/fstest"

	"tabernetes/lessons"
	"tabernetes/lessons/scripts"
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
				text := scripts.StepMark + way.step + "\n" + way.typed + "\n"
				typed, problems, err := scripts.Read(fstest.MapFS{"way.sh": {Data: []byte(text)}}, "way.sh")
				if err != nil || len(problems) > 0 {
					t.Fatal(err, problems)
				}
				if _, err := Other(t.Context(), lesson, typed); err != nil {
					t.Error(err)
				}
			})
		}
	}
}
