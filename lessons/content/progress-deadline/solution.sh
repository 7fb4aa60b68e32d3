# step: deadline
kubectl patch deployment shop --patch '{"spec":{"progressDeadlineSeconds":15}}'

# step: late
kubectl set image deployment/shop shop=sim.tabernetes.dev/slow-start:30s

kubectl rollout status deployment/shop || echo "exit status $?"

# step: stuck
kubectl set image deployment/shop shop=sim.tabernetes.dev/never-ready:v2

# step: back
kubectl rollout status deployment/shop || kubectl rollout undo deployment/shop

kubectl rollout status deployment/shop
