# step: scale
kubectl scale replicaset -l app=image-update --replicas=3
