namespace Attune.Evaluation;

/// <summary>The pretrained model that was tuned.</summary>
public sealed record ReportModel
{
    /// <summary>Where it came from: a hub id, a folder, a .gguf file, <c>builtin:tiny</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Its family: <c>model_type</c> in its config.json.</summary>
    public string? Family { get; init; }

    /// <summary>Its parameters.</summary>
    public long Parameters { get; init; }

    /// <summary>The precision that it was trained in: <c>float32</c>, <c>bfloat16</c>.</summary>
    public string? Precision { get; init; }

    /// <summary>Its licence, where its files say; null: not known.</summary>
    public string? Licence { get; init; }

    /// <summary>The model that this one was made from, where its files say.</summary>
    public string? BaseModel { get; init; }
}
