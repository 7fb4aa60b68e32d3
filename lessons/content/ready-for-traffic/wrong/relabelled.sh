# step: sick
kubectl label $(kubectl get pods -l app=front -o name | head -n 1) app=aside --overwrite
