namespace Attune.Text.PostProcessors;

/// <summary>Finds the post-processor that tokenizer.json names.</summary>
internal static class PostProcessorReader
{
    public static IPostProcessor Read(Part part) => part.Type switch
    {
        "Sequence" => new Sequence(part.Children("processors").ConvertAll(Read)),
        "ByteLevel" => ByteLevel.Read(part),
        "TemplateProcessing" => TemplateProcessing.Read(part),
        "RobertaProcessing" => RobertaProcessing.Read(part),
        "BertProcessing" => BertProcessing.Read(part),
        _ => throw part.Unknown("post-processor"),
    };
}
