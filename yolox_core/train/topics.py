"""Which fields of TrainConfig belong together, for forms and for the help of the command line."""

TOPICS = {
    "network": ("size", "image_size", "image_height", "weights", "depth", "width", "activation"),
    "data": ("train_split", "val_split", "seed", "workers", "cache_mb", "max_boxes"),
    "schedule": (
        *("epochs", "batch_size", "accumulate", "base_lr", "min_lr_ratio", "warmup_epochs", "no_aug_epochs"),
        *("patience", "momentum", "weight_decay", "ema_decay", "clip_norm", "freeze_backbone"),
    ),
    "device": ("device", "precision", "sync_norm"),
    "augmentation": (
        *("mosaic_prob", "mosaic_scale_min", "mosaic_scale_max", "mosaic_centred"),
        *("mixup_prob", "mixup_scale_min", "mixup_scale_max", "degrees", "translate", "shear"),
        *("hsv_prob", "hsv_hue", "hsv_saturation", "hsv_value", "flip_prob", "multiscale_range"),
    ),
    "evaluation and files": (
        *("eval_interval", "eval_conf_threshold", "eval_nms_threshold", "history_interval", "tensorboard"),
    ),
}
