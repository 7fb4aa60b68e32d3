# step: all
kubectl scale deployment front --replicas=0
