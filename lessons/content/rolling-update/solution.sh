# step: apply
kubectl apply -f roll_update.yaml

# step: scale
kubectl scale deployment image-deployment --replicas=3

# step: update
kubectl patch deployment image-deployment --patch '{"spec":{"template":{"spec":{"containers":[{"name":"nginx","image":"registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v2"}]}}}}' \
  && kubectl rollout pause deployment image-deployment

# step: resume
kubectl rollout resume deployment image-deployment

# step: undo
kubectl rollout undo deployment image-deployment
