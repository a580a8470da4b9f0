namespace Attune.Generation;

/// <summary>When beam search ends (<c>early_stopping</c>).</summary>
public enum EarlyStopping
{
    /// <summary><c>false</c>: when the best running beam, scored at its present length, is worse than every finished one.</summary>
    WhenUnlikely,

    /// <summary><c>true</c>: as soon as there are as many finished sequences as beams.</summary>
    WhenFull,

    /// <summary><c>"never"</c>: when no running beam could become better, not even at the greatest length.</summary>
    WhenImpossible,
}
