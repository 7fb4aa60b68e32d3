# step: loop
kubectl set image deployment/search search=sim.tabernetes.dev/slow-start:30s

# step: startup
kubectl patch deployment search --patch-file startup.yaml

# step: hang
POD=$(kubectl get pods -l app=search -o name | head -n 1)
kubectl annotate $POD sim.tabernetes.dev/http-status=500

sleep 20

kubectl annotate pods -l app=search sim.tabernetes.dev/http-status-
