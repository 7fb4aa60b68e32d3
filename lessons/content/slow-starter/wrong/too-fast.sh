# step: loop
kubectl set image deployment/search search=sim.tabernetes.dev/slow-start:5s
