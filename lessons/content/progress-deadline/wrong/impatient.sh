# step: late
kubectl set image deployment/shop shop=sim.tabernetes.dev/slow-start:30s

kubectl rollout status deployment/shop || kubectl rollout undo deployment/shop
