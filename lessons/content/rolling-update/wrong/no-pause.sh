# step: update
kubectl set image deployment/image-deployment nginx=registry.cn-beijing.aliyuncs.com/mrvolleyball/nginx:v2

kubectl rollout status deployment/image-deployment
