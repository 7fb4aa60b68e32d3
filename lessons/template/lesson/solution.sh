# What passes each step. Blocks between empty lines are typed one after another.
# step: make
kubectl apply -f web.yaml

# step: scale
kubectl scale deployment web --replicas=3

kubectl rollout status deployment web
