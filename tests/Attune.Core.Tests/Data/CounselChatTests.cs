using Attune.Text;

namespace Attune.Data;

/// <summary>The reference's figures for SmolLM2 on counsel_chat (the recipe of issue "First light").</summary>
public sealed class CounselChatTests
{
    [Fact]
    public void The_tokens_are_those_of_the_reference()
    {
        string csv = TestPaths.SharedOrSkip("data/counsel_chat/20200325_counsel_chat.csv");
        string model = TestPaths.SharedOrSkip("models/smollm2-135m-instruct-gguf/hf");
        var encoder = new RowEncoder(Tokenizer.FromFolder(model), ChatTemplate.FromFolder(model), new EncodeOptions { MaxTokens = 512 });
        EncodedSplits splits = EncodedSplits.Read(CsvTests.CounselChat(csv) with { Split = new SplitRule { Column = "split" } }, encoder, cancellation: TestContext.Current.CancellationToken);

        EncodingCounts train = splits.Train.Counts;
        Assert.Equal((1_834, 546_446, 351_305), (train.Rows, train.Tokens, train.TrainedTokens));
        Assert.Equal(5, train.TooLong);
        Assert.Equal(19_607, splits.Validation.Rows.Take(100).Sum(row => row.Trained.Count(trained => trained)));
        Assert.Equal((205, 1_630), (train.Truncated, train.EndTrained));    // one row is cut right behind its end token
        Assert.Equal(512, train.LongestRow);
        Assert.All(splits.Train.Rows, row => Assert.Equal(row.Ids.Length, row.Trained.Length));
    }
}
