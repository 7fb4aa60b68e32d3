# step: update
kubectl set image deployment/web web=sim.tabernetes.dev/web:v2 && kubectl delete pods --all --wait=false
