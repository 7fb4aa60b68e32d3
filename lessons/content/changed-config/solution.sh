# step: change
kubectl patch configmap greeting --patch '{"data":{"COLOR":"green"}}'

# step: mixed
kubectl delete $(kubectl get pods -o name | head -n 1)

# step: restart
kubectl rollout restart deployment/greeting

kubectl rollout status deployment/greeting

# step: name
kubectl apply -f red.yaml

kubectl patch deployment greeting --patch-file use-red.yaml

kubectl rollout status deployment/greeting

# step: back
kubectl rollout undo deployment/greeting
